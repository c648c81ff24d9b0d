// A gateway in a process of its own: its URL is the first argument, its environment is inherited.
import { serveGateway } from '../../local/gateway.ts';

const [url = ''] = process.argv.slice(2);
const gateway = await serveGateway(url, {});
process.on('SIGTERM', () => gateway.close().then(() => process.exit(0)));
process.send?.('ready');
