export type Severity = 'error' | 'warning';

/** What one check of the doctor found. `hint` says what to do; both severity and hint are null where all is well. */
export type Finding = {
  readonly id: string;
  readonly ok: boolean;
  readonly severity: Severity | null;
  readonly detail: string;
  readonly hint: string | null;
};

export const finding = (id: string, detail: string): Finding => ({
  id,
  ok: true,
  severity: null,
  detail,
  hint: null,
});

export const problem = (id: string, severity: Severity, detail: string, hint: string): Finding => ({
  id,
  ok: false,
  severity,
  detail,
  hint,
});
