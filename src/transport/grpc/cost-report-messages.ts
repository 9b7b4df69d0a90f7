/** Questions to the Reports service as the codec reads them: proto/turnpike/v1/cost_reports.proto, in TypeScript. */

/** Absent fields are absent; still untrusted. */
export interface WeeklyReportRequestMessage {
  readonly week?: string;
  readonly team?: string;
  readonly time_zone?: string;
  readonly top?: number;
}

export interface BudgetsReportRequestMessage {
  readonly team?: string;
}

export interface PivotReportRequestMessage {
  readonly by?: readonly string[];
  readonly per?: string;
  readonly where?: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly to?: string;
  readonly time_zone?: string;
  readonly limit?: number;
}
