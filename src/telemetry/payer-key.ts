/** One key for names that may hold any character: the lengths in front keep `a` + `bc` and `ab` + `c` apart. */
export function payerKey(team: string, application: string, environment: string): string {
  return `${team.length},${application.length} ${team}${application}${environment}`;
}
