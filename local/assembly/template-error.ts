/** Something in a template that this machine does not run as AWS would. `where` names stack, logical id and path. */
export class TemplateError extends Error {
  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.name = 'TemplateError';
  }
}
