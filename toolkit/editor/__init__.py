"""What editors show of an inventory while it is written: problems, completion, help and corrections (``onboard lsp``)."""
