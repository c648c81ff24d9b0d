import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { parseSettings } from '../lib/settings.ts';
import { buildGateway, withBundles } from '../lib/synthesise.ts';

const app = new App();
const context = z.record(z.string(), z.unknown()).parse(app.node.getAllContext());
// The region of the AWS profile in use, as the CLI has found it.
const { CDK_DEFAULT_REGION: region } = process.env;
const settings = parseSettings(region ? { region, ...context } : context);
await withBundles((bundleOf) => {
  buildGateway(app, settings, bundleOf);
  app.synth();
});
