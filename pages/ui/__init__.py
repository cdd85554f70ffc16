"""What the pages share: header, language, cached loaders, state, widgets."""
