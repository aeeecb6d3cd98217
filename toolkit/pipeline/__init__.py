"""The order of the flow: the only place that knows more than one stage."""
