"""Stores as earlier versions of the app wrote them, each with what that version knew of it."""
