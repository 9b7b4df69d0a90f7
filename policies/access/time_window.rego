package turnpike.access

import data.turnpike.lookup

# METADATA
# title: The application must be within its hours
# description: Unless a role of the caller works off hours.
# custom:
#   code: outside_hours
#   rule: access.time_window
denials contains reason(
	"outside_hours", "access.time_window",
	[
		"application \"", input.caller.application, "\" has hours \"", lookup.grant.hours, "\", and it is ",
		input.now.weekday, " ", format_int(input.now.hour, 10), ":00",
	],
) if {
	known
	not open
	not privileged("off_hours")
}

open if lookup.grant.hours == "always"

open if lookup.hours[lookup.grant.hours][input.now.weekday][input.now.hour]
