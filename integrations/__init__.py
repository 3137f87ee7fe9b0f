"""Every other way in and out: the citizens' site, Open311, Twilio, e-mail. Empty until its issue comes."""
