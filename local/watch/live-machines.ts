import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { paths } from '../../infra/paths.ts';
import type { ProvisionedResource } from '../assembly/provision.ts';
import { type Kernel, operator } from '../kernel/kernel.ts';
import { substitute } from '../stepfunctions/resource.ts';
import { namedAfter } from './named-after.ts';

/** A definition that the machine does not get; the one that it has stays. */
export class DefinitionError extends Error {}

const properties = z.looseObject({ DefinitionSubstitutions: z.record(z.string(), z.string()).default({}) });

/** The template's state machines, and the files that they come from. */
export class LiveMachines {
  readonly #machines: ProvisionedResource[];

  constructor(resources: readonly ProvisionedResource[]) {
    this.#machines = resources.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine');
  }

  /**
   * Gives a machine the definition that its file has now. Executions that are under way keep theirs.
   * @param file name in state-machines/, `place-order.asl.json`
   * @throws DefinitionError for what the lint or the service refuses, and for a file that no machine of the template comes from
   */
  async update(kernel: Kernel, file: string): Promise<void> {
    const source = basename(file, '.asl.json');
    const machine = this.#machines.find(({ attributes }) => namedAfter(attributes.Name ?? '', [source]));
    if (!machine)
      throw new DefinitionError('no machine of the template comes from it: restart to see whether one does now');
    const raw = readFileSync(join(paths.stateMachines, file), 'utf8');
    // Only here: the language service of AWS is large.
    const { lintDefinition } = await import('../../state-machines/lint-rules.ts');
    const findings = await lintDefinition(raw);
    if (findings.length > 0) {
      throw new DefinitionError(findings.map(({ state, message }) => `${state || '(machine)'}: ${message}`).join('\n'));
    }
    const { DefinitionSubstitutions } = properties.parse(machine.properties);
    try {
      const definition = substitute(raw, DefinitionSubstitutions, file);
      await kernel.call('states', 'UpdateStateMachine', { stateMachineArn: machine.ref, definition }, operator);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DefinitionError(
        `${reason}. A function that the machine did not call before needs a restart: its role does not allow it yet`,
      );
    }
  }
}
