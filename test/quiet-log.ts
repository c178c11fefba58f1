import { vi } from 'vitest';
import { log } from '../shared/runtime/log.ts';

/** Tests of refusals would fill the screen with their lines. */
export function quietLog(): void {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(log, level).mockImplementation(() => undefined);
}
