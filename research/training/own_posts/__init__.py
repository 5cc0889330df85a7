"""The project's own labelled posts: which belong together, which are held out, and their other words."""
