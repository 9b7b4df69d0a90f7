/** A policy of so many rules, each with a condition of its own, of which the last one decides: the linear worst case. */

export const RULE_COUNTS = [10, 100, 1000] as const;

export function rulesModule(count: number): string {
  const rules = Array.from(
    { length: count },
    (_, index) => `
denials contains "tenant_${index}" if {
	input.caller.team == "team-${index}"
	input.call.operation == "chat"
}`,
  );
  return `package bench.rules

decision := {"outcome": "deny", "codes": denials} if count(denials) > 0

else := {"outcome": "allow", "codes": []}
${rules.join('\n')}
`;
}

export const rulesInput = (count: number): object => ({
  call: { operation: 'chat', model: 'auto', input_tokens: 1234 },
  caller: { team: `team-${count - 1}`, application: 'assistant', environment: 'prod' },
});
