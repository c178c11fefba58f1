import { existsSync } from 'node:fs';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { paths } from '../paths.ts';
import { functionPlatform } from './function-platform.ts';

/** The layer of the packages that all functions share: infra/bundle-packages.ts. */
export class SharedPackages extends LayerVersion {
  /** @throws Error if nothing is bundled */
  constructor(scope: Construct, id: string) {
    if (!existsSync(paths.layer)) throw new Error('The functions are not bundled yet: run npm run build first');
    super(scope, id, {
      description: 'Packages that the functions share: the AWS SDK, zod, intl-messageformat, stripe',
      code: Code.fromAsset(paths.layer),
      compatibleRuntimes: [functionPlatform.runtime],
      compatibleArchitectures: [functionPlatform.architecture],
    });
  }
}
