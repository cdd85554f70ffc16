"""Numbers drawn: Plotly charts that stand still, Vega charts that grow."""
