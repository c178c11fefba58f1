import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/**
 * AWS's rules for good architecture and for serverless applications, applied to a synthesized app.
 * @returns a line for each finding, warnings included, that no construct acknowledges with a reason
 */
export function nagFindings(app: IConstruct): string[] {
  return [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap((pack) =>
    pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, description, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${constructPath}: ${ruleName}: ${description}`),
      ),
  );
}
