# METADATA
# title: Who may use what
# description: |
#   Each rule adds a reason to `denials`; a call with any is denied before it is routed. Nobody is known who is not in
#   the data, and what no grant names is not allowed.
package turnpike.access

import data.turnpike.lookup

# METADATA
# title: A reason, as a decision shows it
reason(code, rule, parts) := {"code": code, "rule": rule, "message": concat("", parts)}

# METADATA
# title: Reasons in a fixed order
reasons := [denial | some denial in denials]

# METADATA
# title: The caller is one that we know
# description: Application, environment and team fit together; nothing else is worth saying when they don't.
known if lookup.grant.team == input.caller.team
