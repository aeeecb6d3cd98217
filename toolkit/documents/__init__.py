"""Documents of an onboarding: one model, templates and texts as data, three renderers. Imports the ground floor only."""
