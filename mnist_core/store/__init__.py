"""Where runs and own digits are kept: any process and any page meets here."""
