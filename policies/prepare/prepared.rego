package turnpike.prepare

# METADATA
# title: The index of the catalogue
# description: |
#   A pure function of `data`. A build evaluates it once and keeps it as `data.prepared`; where that is missing, the
#   rules of `lookup` reach the same values through the same functions, only slower.
prepared := {
	"targets": targets,
	"number_of": number_of,
	"rankings": rankings,
	"shortlists": shortlists,
	"grants": grants,
	"tasks": tasks,
	"roles": roles,
	"hours": hours,
	"budget_rules": budget_rules,
	"class_rank": class_rank,
	"tier_rank": tier_rank,
}
