"""The ground floor: the facts and the rules that the calls, the console and the integrations share."""
