import type { EnvironmentName, FunctionSpec } from './functions/spec.ts';
import type { Settings } from './settings.ts';

/**
 * What a function that screens orders is told and may do, by who judges them in this installation. The table of functions says it for `rules`: there the
 * settings tell whether an order is screened at all.
 */
export function screeningBy(provider: Settings['fraud'], spec: FunctionSpec): FunctionSpec {
  if (provider === 'rules' || !spec.environment.includes('FRAUD_PROVIDER')) return spec;
  if (spec.folder !== 'steps/screen-fraud') {
    // Always or never: nothing has to be read for that.
    const { 'orders fraud': _, ...grants } = spec.grants;
    return { ...spec, grants };
  }
  const more: Readonly<Record<typeof provider, EnvironmentName[]>> = {
    none: [],
    sandbox: ['SANDBOX_TABLE'],
    minfraud: ['MINFRAUD_API_BASE', 'MINFRAUD_SECRET_ARN'],
  };
  return {
    ...spec,
    environment: [...new Set([...spec.environment, ...more[provider]])],
    grants: {
      ...spec.grants,
      // Scripted outages are counted down.
      ...(provider === 'sandbox' && { sandbox: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] }),
      ...(provider === 'minfraud' && { 'minfraud secret': ['secretsmanager:GetSecretValue'] }),
    },
  };
}
