import { AwsError } from '../kernel/errors.ts';
import type { Json } from '../kernel/kernel.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { consistent, type EventFields } from './event-fields.ts';
import { ABSENT, compileTest, MATCH_TYPES, PatternError, type Test } from './pattern-tests.ts';

/** A pattern ready to be put to many events. */
export interface EventPattern {
  matches(event: EventFields): boolean;
}

/** One way to match: every path has a leaf that passes one of its tests. `$or` makes several of them. */
type Branch = Map<string, Test[]>;

/**
 * Compiles an event pattern, with the refusals of the service. Source of the rules: EventBridge User Guide, "Comparison operators for use
 * in event patterns", and the behavior of the open source library that the service runs, event-ruler.
 * @throws AwsError InvalidEventPatternException
 */
export function compilePattern(text: string): EventPattern {
  try {
    const branches = compileObject(asObject(parse(text), 'Filter is not an object'), '', [new Map()], false);
    const plans = branches.map((branch) => [...branch]);
    return { matches: (event) => plans.some((plan) => matchesFrom(plan, 0, event, [])) };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.message}`);
  }
}

function parse(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : 'not JSON');
  }
}

function asObject(value: Json | undefined, refusal: string): { [key: string]: Json } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new PatternError(refusal);
}

function compileObject(object: { [key: string]: Json }, path: string, branches: Branch[], insideOr: boolean): Branch[] {
  const members = Object.entries(object);
  if (members.length === 0) throw new PatternError('Empty objects are not allowed');
  let result = branches;
  for (const [name, value] of members) {
    if (name === '$or') {
      result = compileOr(value, path, result);
      continue;
    }
    if (insideOr && MATCH_TYPES.has(name)) {
      throw new PatternError(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    }
    const fullName = path === '' ? name : `${path}.${name}`;
    if (Array.isArray(value)) {
      const tests = value.map(compileTest);
      if (tests.length === 0) throw new PatternError('Empty arrays are not allowed');
      // As in event-ruler: a field named both beside and inside `$or` is not And-ed, the later one takes its place.
      for (const branch of result) branch.set(fullName, tests);
    } else
      result = compileObject(asObject(value, `"${name}" must be an object or an array`), fullName, result, insideOr);
  }
  return result;
}

function compileOr(value: Json, path: string, branches: Branch[]): Branch[] {
  if (!Array.isArray(value)) throw new PatternError('It must be an Array followed with $or.');
  const result = value.flatMap((alternative) => {
    const object = asObject(alternative, 'Only JSON object is allowed in array of $or relationship.');
    const copies = branches.map((branch) => new Map(branch));
    return compileObject(object, path, copies, true);
  });
  if (value.length < 2) throw new PatternError('There must have at least 2 Objects in $or relationship.');
  return result;
}

/** `elements`: the array elements that the leaves chosen for the paths before `index` lie in. */
function matchesFrom(plan: [string, Test[]][], index: number, event: EventFields, elements: number[]): boolean {
  const step = plan[index];
  if (!step) return true;
  const [path, tests] = step;
  const fields = event.get(path);
  if (!fields) return tests.includes(ABSENT) && matchesFrom(plan, index + 1, event, elements);
  return fields.some(
    (field) =>
      consistent(field.elements, elements) &&
      tests.some((test) => test !== ABSENT && test(field.value)) &&
      matchesFrom(plan, index + 1, event, [...elements, ...field.elements]),
  );
}
