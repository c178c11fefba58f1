/**
 * What must always be true of units and money (domain-model "Invariants"). Each predicate returns what is wrong, nothing when all is well. The property
 * tests, the simulation and the auditor in production run these same functions.
 */
export interface Violation {
  invariant:
    | 'U1'
    | 'U2'
    | 'U3'
    | 'U4'
    | 'U6'
    | 'U9'
    | 'U10'
    | 'U11'
    | 'U12'
    | 'U13'
    | 'U14'
    | 'M1'
    | 'M2'
    | 'M3'
    | 'M4'
    | 'M5'
    | 'M6'
    | 'M7'
    | 'M9'
    | 'P1'
    | 'P5';
  subject: string;
  message: string;
}

export const violations = (
  invariant: Violation['invariant'],
  subject: string,
  checks: readonly (readonly [holds: boolean, message: string])[],
): Violation[] => checks.filter(([holds]) => !holds).map(([, message]) => ({ invariant, subject, message }));
