"""The steps of setting a home up at the desk."""
