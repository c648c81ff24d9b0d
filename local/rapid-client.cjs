// Stands in for the native part of AWS's runtime client, which takes a C++ compiler to build: the same three functions
// over plain HTTP. Loaded by `node --require` before the client; what the client asks for as `./rapid-client.node` is
// then this module. Everything else of the client, from loading the handler to its errors, stays as AWS ships it.
const { Agent, request } = require('node:http');
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? { url: pathToFileURL(__filename).href, shortCircuit: true }
      : nextResolve(specifier, context),
});

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const invocations = '/2018-06-01/runtime/invocation';

/** The client takes an outcome for delivered when `done` or `error` returns, so `next` waits for it instead. */
let delivered = Promise.resolve();

function send(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, agent, method, path, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: { ...response.headers } }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

module.exports = {
  async next() {
    await delivered;
    return send('GET', `${invocations}/next`);
  },
  done(id, body) {
    delivered = send('POST', `${invocations}/${id}/response`, body, { 'content-type': 'application/json' });
  },
  error(id, body) {
    delivered = send('POST', `${invocations}/${id}/error`, body, { 'content-type': 'application/json' });
  },
};
