import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';

/** What functions run on, and what their layer is made for. */
export const functionPlatform = { runtime: Runtime.NODEJS_24_X, architecture: Architecture.ARM_64 };
