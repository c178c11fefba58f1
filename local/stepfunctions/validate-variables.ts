import { allStates, type Flow, type FoundState, type Machine } from './definition.ts';
import type { Problem } from './validate.ts';

const VARIABLE_NAME = /^[\p{ID_Start}][\p{ID_Continue}]{0,79}$/u;

/** The names a state assigns into the scope it stands in: its own Assign, its choice rules'. */
function assignedOnSuccess({ state }: FoundState): string[] {
  const assigns: (Record<string, unknown> | undefined)[] = ['Assign' in state ? state.Assign : undefined];
  if (state.Type === 'Choice') assigns.push(...state.Choices.map((rule) => rule.Assign));
  return assigns.flatMap((assign) => Object.keys(assign ?? {}));
}

function assignedInCatch({ state }: FoundState): string[] {
  return 'Catch' in state ? (state.Catch ?? []).flatMap((catcher) => Object.keys(catcher.Assign ?? {})) : [];
}

function assignedNames(found: FoundState): string[] {
  return [...assignedOnSuccess(found), ...assignedInCatch(found)];
}

/**
 * Variable names: 1 to 80 characters, `states` is reserved, and an inner scope may not assign a name of an outer one. What only a Catch
 * assigns outside does not count: AWS accepts the same name inside (recorded).
 */
export function variableProblems(machine: Machine): Problem[] {
  const problems: Problem[] = [];
  const ofFlow = new Map<Flow, Set<string>>();
  const states = [...allStates(machine)];
  for (const found of states) {
    const names = ofFlow.get(found.flow) ?? new Set();
    ofFlow.set(found.flow, names);
    for (const name of assignedOnSuccess(found)) names.add(name);
    for (const name of assignedNames(found)) {
      if (name === 'states')
        problems.push({ state: found.name, message: 'Assign: the variable name states is reserved' });
      else if (!VARIABLE_NAME.test(name))
        problems.push({ state: found.name, message: `Assign: ${name} is not a variable name` });
    }
  }
  for (const found of states) {
    for (const name of assignedNames(found)) {
      if (found.around.some(({ flow }) => ofFlow.get(flow)?.has(name))) {
        problems.push({ state: found.name, message: `Assign: the outer scope already has a variable ${name}` });
      }
    }
  }
  return problems;
}

/** Every name that a state can read: assigned in its scope or around it, somewhere. */
export function visibleVariables(machine: Machine, found: FoundState): Set<string> {
  const flows = new Set([found.flow, ...found.around.map(({ flow }) => flow)]);
  const names = new Set<string>();
  for (const each of allStates(machine))
    if (flows.has(each.flow)) for (const name of assignedNames(each)) names.add(name);
  return names;
}
