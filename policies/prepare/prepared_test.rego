package turnpike.prepare_test

import data.turnpike.prepare

test_what_is_prepared_is_what_would_be_computed if {
	prepared := prepare.prepared
	every portfolio, by_task in prepared.shortlists {
		every task in ["chat", "code", "embed"] {
			every ceiling, by_region in by_task[task] {
				by_class := by_region.eu
				every class, list in by_class {
					list == prepare.shortlist(portfolio, task, ceiling, "eu", class)
				}
			}
		}
	}
}
