"""Every other way in and out: webhooks go out now; the citizens' site, Open311, Twilio and e-mail have their issues."""
