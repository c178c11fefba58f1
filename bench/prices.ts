/**
 * What AWS asks in us-east-1, US dollars, on demand, without free tier, as published in November 2026. The formula of a million orders stands below:
 * change a price or an assumption here and nowhere else.
 */
export const prices = {
  date: '2026-11',
  region: 'us-east-1',
  dynamoDbWriteUnit: 0.625e-6,
  dynamoDbReadUnit: 0.125e-6,
  lambdaRequest: 0.2e-6,
  /** arm64 */
  lambdaGigabyteSecond: 0.0000133334,
  standardTransition: 25e-6,
  expressRequest: 1e-6,
  /** GB-s of the first 1,000 GB-hours; an execution has at least 64 MB. */
  expressGigabyteSecond: 0.00001667,
  httpApiRequest: 1e-6,
  eventBridgeEvent: 1e-6,
  sqsRequest: 0.4e-6,
  sesMail: 0.1e-3,
} as const;

/** What a machine at home cannot measure. */
export const assumptions = {
  /** Billed milliseconds of a warm invocation: some DynamoDB calls of 3 to 5 ms each. */
  lambdaBilledMilliseconds: 25,
  lambdaGigabytes: 0.5,
  /** Send, receive and delete; batches make it less. */
  sqsRequestsPerMessage: 3,
  expressSeconds: 0.5,
  expressGigabytes: 0.064,
} as const;

/** Per order, measured. */
export interface Usage {
  writeUnits: number;
  readUnits: number;
  invocations: number;
  executions: number;
  statesEntered: number;
  apiRequests: number;
  events: number;
  queueMessages: number;
  mails: number;
}

/** US dollars for a million orders, by service. The sum counts STANDARD workflows; `expressInstead` replaces that part. */
export function dollarsPerMillionOrders(usage: Usage) {
  const million = (dollars: number) => Math.round(dollars * 1e6 * 100) / 100;
  const { lambdaBilledMilliseconds: ms, lambdaGigabytes: gb, sqsRequestsPerMessage } = assumptions;
  const byService = {
    dynamoDb: million(usage.writeUnits * prices.dynamoDbWriteUnit + usage.readUnits * prices.dynamoDbReadUnit),
    lambda: million(usage.invocations * (prices.lambdaRequest + (ms / 1000) * gb * prices.lambdaGigabyteSecond)),
    stepFunctions: million(usage.statesEntered * prices.standardTransition),
    httpApi: million(usage.apiRequests * prices.httpApiRequest),
    eventBridge: million(usage.events * prices.eventBridgeEvent),
    sqs: million(usage.queueMessages * sqsRequestsPerMessage * prices.sqsRequest),
    ses: million(usage.mails * prices.sesMail),
  };
  const total = Object.values(byService).reduce((sum, dollars) => sum + dollars, 0);
  const express = million(
    usage.executions *
      (prices.expressRequest +
        assumptions.expressSeconds * assumptions.expressGigabytes * prices.expressGigabyteSecond),
  );
  return {
    ...byService,
    total: Math.round(total * 100) / 100,
    expressInstead: {
      stepFunctions: express,
      total: Math.round((total - byService.stepFunctions + express) * 100) / 100,
    },
  };
}
