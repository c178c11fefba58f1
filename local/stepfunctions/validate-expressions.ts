import jsonata from 'jsonata';
import type { Json } from '../kernel/kernel.ts';
import type { State } from './definition.ts';
import { expressionSource } from './expressions.ts';

/** One expression of a state. `role` says which members of `$states` it may read. */
export interface FoundExpression {
  field: string;
  source: string;
  role: 'entry' | 'result' | 'catch';
}

/** What an expression refers to. */
export interface References {
  /** Variables it reads that it does not bind itself, functions included. */
  variables: Set<string>;
  /** Functions among them that are called by name. */
  called: Set<string>;
  statesMembers: Set<string>;
  /** Reads `$`, or a bare field name, where there is nothing to read from: an expression of a workflow has no input document. */
  readsNothing: Set<string>;
}

/** The expressions of a state's own fields (not those of the states inside it). */
export function expressionsOf(state: State): FoundExpression[] {
  const found: FoundExpression[] = [];
  const collect = (value: Json | undefined, field: string, role: FoundExpression['role']): void => {
    const source = expressionSource(value);
    if (source !== undefined) found.push({ field, source, role });
    else if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) collect(each, `${field}[${index}]`, role);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) collect(each, `${field}/${key}`, role);
    }
  };
  const hasResult = state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map';
  for (const [field, value] of Object.entries(state)) {
    if (field === 'Output' || field === 'Assign') collect(value, field, hasResult ? 'result' : 'entry');
    else if (field === 'Catch') collect(value, field, 'catch');
    else if (!['Branches', 'ItemProcessor', 'Retry', 'Comment', 'Resource', 'Type'].includes(field))
      collect(value, field, 'entry');
  }
  return found;
}

/** What AWS refuses in the expressions of one state: syntax, `$eval`, `$` and `$$` at top level, members of `$states` out of place. */
export function expressionProblems(state: State): string[] {
  return expressionsOf(state).flatMap(({ field, source, role }) => {
    let references: References;
    try {
      references = referencesOf(source);
    } catch (error) {
      const message =
        typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
      return [`${field}: does not compile under JSONata 2.0.6: ${message}`];
    }
    const messages: string[] = [];
    if (references.variables.has('eval')) messages.push(`${field}: $eval is not available`);
    for (const what of references.readsNothing)
      messages.push(`${field}: ${what} has nothing to refer to; use $states.input`);
    for (const member of references.statesMembers) {
      const problem = memberProblem(member, role);
      if (problem) messages.push(`${field}: ${problem}`);
    }
    return messages;
  });
}

function memberProblem(member: string, role: FoundExpression['role']): string | undefined {
  if (member === 'input' || member === 'context') return undefined;
  if (member === 'result')
    return role === 'result'
      ? undefined
      : '$states.result is only there in Output and Assign of Task, Parallel and Map';
  if (member === 'errorOutput') return role === 'catch' ? undefined : '$states.errorOutput is only there in Catch';
  return `there is no $states.${member}`;
}

/**
 * What the expression refers to.
 * @throws JSONata's syntax error
 */
export function referencesOf(source: string): References {
  const references: References = {
    variables: new Set(),
    called: new Set(),
    statesMembers: new Set(),
    readsNothing: new Set(),
  };
  visit(jsonata(source).ast(), { bound: new Set(), hasContext: false }, references);
  return references;
}

interface Surroundings {
  bound: Set<string>;
  /** Inside a path step, a filter, a sort or a group there is a context item; at top level there is none. */
  hasContext: boolean;
}

interface Node {
  type: string;
  [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function visit(value: unknown, here: Surroundings, found: References): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, here, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (!isNode(value)) {
    // Group clauses and the like: plain records around nodes.
    for (const each of Object.values(value)) visit(each, here, found);
    return;
  }
  switch (value.type) {
    case 'variable':
      visitVariable(value, here, found);
      break;
    case 'name':
      if (!here.hasContext) found.readsNothing.add(`the field name ${String(value.value)}`);
      visitAttachments(value, here, found);
      break;
    case 'path':
      visitPath(value, here, found);
      break;
    case 'lambda':
      visitLambda(value, here, found);
      break;
    case 'block':
      // A block is a scope: what it binds ends with it.
      visitChildren(value, { ...here, bound: new Set(here.bound) }, found);
      break;
    case 'bind':
      if (isNode(value.lhs)) here.bound.add(String(value.lhs.value));
      visit(value.rhs, here, found);
      break;
    case 'function':
    case 'partial':
      if (isNode(value.procedure) && value.procedure.type === 'variable')
        found.called.add(String(value.procedure.value));
      visitChildren(value, here, found);
      break;
    case 'transform':
      visitChildren(value, { ...here, hasContext: true }, found);
      break;
    default:
      visitChildren(value, here, found);
      break;
  }
}

function visitVariable(node: Node, here: Surroundings, found: References): void {
  const name = String(node.value);
  if (name === '$') found.readsNothing.add('$$');
  else if (name === '') {
    if (!here.hasContext) found.readsNothing.add('$');
  } else if (!here.bound.has(name)) found.variables.add(name);
  visitAttachments(node, here, found);
}

function visitPath(node: Node, here: Surroundings, found: References): void {
  const steps = Array.isArray(node.steps) ? node.steps.filter(isNode) : [];
  const [first, second] = steps;
  if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
    found.statesMembers.add(String(second.value));
  }
  // `@$item` and `#$index` bind for the rest of the path.
  const bound = new Set(here.bound);
  for (const [index, step] of steps.entries()) {
    for (const binding of [step.focus, step.index]) if (typeof binding === 'string') bound.add(binding);
    for (const stage of Array.isArray(step.stages) ? step.stages.filter(isNode) : []) {
      if (stage.type === 'index') bound.add(String(stage.value));
    }
    visit(step, { bound, hasContext: here.hasContext || index > 0 }, found);
  }
  visitRest(node, ['steps'], { bound, hasContext: true }, found);
}

function visitLambda(node: Node, here: Surroundings, found: References): void {
  const bound = new Set(here.bound);
  for (const parameter of Array.isArray(node.arguments) ? node.arguments.filter(isNode) : [])
    bound.add(String(parameter.value));
  visit(node.body, { ...here, bound }, found);
}

/** Predicates, stages and groups of a node see an item; its other children see what the node sees. */
function visitChildren(node: Node, here: Surroundings, found: References): void {
  for (const [key, child] of Object.entries(node)) {
    if (!ATTACHMENTS.includes(key)) visit(child, here, found);
  }
  visitAttachments(node, here, found);
}

const ATTACHMENTS = ['predicate', 'stages', 'group'];

function visitAttachments(node: Node, here: Surroundings, found: References): void {
  for (const key of ATTACHMENTS) visit(node[key], { ...here, hasContext: true }, found);
}

function visitRest(node: Node, except: string[], here: Surroundings, found: References): void {
  for (const [key, child] of Object.entries(node)) if (!except.includes(key)) visit(child, here, found);
}
