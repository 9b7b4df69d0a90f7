package turnpike.prepare

# METADATA
# title: Rank of a data class
# description: Higher is more sensitive.
class_rank := {class: rank | some rank, class in data.data_classes}

# METADATA
# title: Rank of a tier
# description: Higher is dearer.
tier_rank := {tier: rank | some rank, tier in data.tiers}

# METADATA
# title: Members as keys
# description: A look-up by key costs a quarter of a search in a list.
as_keys(members) := {member: true | some member in members}
