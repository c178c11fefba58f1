import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { functionArn, type LambdaFunction } from './function.ts';

const ARN =
  /^(?:arn:aws:lambda:(?<region>[^:]+):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[A-Za-z0-9_-]+)(?::(?<qualifier>[^:]+))?$/;

/** The functions of the template by name. */
export class FunctionRegistry {
  #kernel: Kernel;
  #functions = new Map<string, LambdaFunction>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  add(fn: LambdaFunction): void {
    this.#functions.set(fn.name, fn);
  }

  all(): LambdaFunction[] {
    return [...this.#functions.values()];
  }

  /** `undefined` if the template has no such function (any more). */
  find(name: string): LambdaFunction | undefined {
    return this.#functions.get(name);
  }

  /**
   * @param reference name, `account:function:name` or ARN, each with or without `:$LATEST`
   * @throws AwsError `ResourceNotFoundException`; there are no versions and aliases here
   */
  resolve(reference: string): LambdaFunction {
    const parts = ARN.exec(reference)?.groups;
    if (!parts?.name) {
      throw new AwsError('ValidationException', `'${reference}' at 'functionName' is no function name or ARN`);
    }
    const { name, region = this.#kernel.region, account = this.#kernel.account, qualifier } = parts;
    const found = region === this.#kernel.region && account === this.#kernel.account ? this.find(name) : undefined;
    if (!found || (qualifier && qualifier !== '$LATEST')) {
      const arn = `arn:aws:lambda:${region}:${account}:function:${name}${qualifier ? `:${qualifier}` : ''}`;
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
    }
    return found;
  }

  /** The ARN that a call for `reference` is authorized against, whether the function exists or not. */
  arnOf(reference: string): string {
    const parts = ARN.exec(reference)?.groups;
    if (reference.startsWith('arn:')) return reference.replace(/:\$LATEST$/, '');
    return functionArn(this.#kernel, parts?.name ?? reference);
  }
}
