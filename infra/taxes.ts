import type { FunctionSpec } from './functions/spec.ts';
import type { Settings } from './settings.ts';

/**
 * What a function that asks for taxes is told and may do, by the provider of this installation. The table of functions says it for the shop's own
 * rates; with Avalara, these functions and no others may read the secret that holds its license key.
 */
export function taxedThrough(provider: Settings['tax'], spec: FunctionSpec): FunctionSpec {
  if (provider === 'table' || !spec.environment.includes('TAX_PROVIDER')) return spec;
  return {
    ...spec,
    environment: [...spec.environment, 'AVATAX_API_BASE', 'AVATAX_SECRET_ARN'],
    grants: { ...spec.grants, 'avatax secret': ['secretsmanager:GetSecretValue'] },
  };
}

/** Who reports to nobody has no function for it. */
export const isNeeded = (folder: string, provider: Settings['tax']): boolean =>
  folder !== 'subscribers/report-taxes' || provider !== 'table';
