"""Which build model and transition class each component has, and by which rule."""
