// One cold start: loads a bundle, invokes its handler with one event, prints the CPU time of this whole process.
// Plain JavaScript with nothing to strip and little to load, so that the floor stays low.
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';

const streaming = Symbol('streaming');
globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [streaming]: true }),
  HttpResponseStream: {
    from: (stream, metadata) => {
      stream.metadata = metadata;
      return stream;
    },
  },
};

const [bundle, eventFile] = process.argv.slice(2);
const event = JSON.parse(readFileSync(eventFile, 'utf8'));
const context = {
  awsRequestId: 'bench',
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:local:0:function:bench',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 30_000,
};

const { handler } = await import(bundle);
let body = '';
const stream = new Writable({
  write(chunk, _encoding, done) {
    body += chunk;
    done();
  },
});
const result = handler[streaming] ? await handler(event, stream, context) : await handler(event, context);
const { user, system } = process.cpuUsage();
const answer = handler[streaming] ? { statusCode: stream.metadata?.statusCode, body } : result;
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, answer }), () => process.exit(0));
