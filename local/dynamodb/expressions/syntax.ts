import { createRequire } from 'node:module';
import type { AttributeValue, Item } from '../attribute-value.ts';

/** Names and list positions from an item's root. */
export type Path = (string | number)[];

export interface Operation {
  /** `and`, `=`, `between`, `function`, … */
  type: string;
  /** Of a function. */
  name?: string;
  args: Node[];
}

/** A value stands for itself: the very object that the request's values hold. */
export type Node = Path | Operation | AttributeValue;

export interface UpdateSection {
  type: 'set' | 'remove' | 'add' | 'delete';
  path: Path;
  val?: Node;
  attrType?: string | null;
}

export interface Condition {
  expression: Operation;
  /** Attributes that a longer path starts with. */
  nestedPaths: Record<string, true>;
  pathHeads: Record<string, true>;
}

/** What goes in are the parameters of a request; what `validateExpressions` adds are the syntax trees, under `_` names. */
export interface ParsedRequest {
  UpdateExpression?: string | undefined;
  ConditionExpression?: string | undefined;
  KeyConditionExpression?: string | undefined;
  FilterExpression?: string | undefined;
  ProjectionExpression?: string | undefined;
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
  _updates?: { sections: UpdateSection[]; paths: Path[]; nestedPaths: Record<string, true> };
  _condition?: Condition;
  _keyCondition?: Condition;
  _filter?: Condition;
  _projection?: { paths: Path[]; nestedPaths: Record<string, true> };
}

export interface KeyCondition {
  ComparisonOperator: 'EQ' | 'LT' | 'LE' | 'GT' | 'GE' | 'BETWEEN' | 'BEGINS_WITH';
  AttributeValueList: AttributeValue[];
}

/** The functions of dynalite (Apache-2.0) that know AWS's grammar, its rules and its words. Each returns what is wrong, or nothing. */
interface Validations {
  validateExpressionParams(request: ParsedRequest, expressions: string[], others: string[]): string | undefined;
  validateExpressions(request: ParsedRequest): string | undefined;
  convertKeyCondition(expression: Operation): string | Record<string, KeyCondition>;
  validateConditions(conditions: Record<string, KeyCondition>): string | undefined;
}

export const syntax: Validations = createRequire(import.meta.url)('dynalite/validations/index.js');
