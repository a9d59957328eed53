import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { ScratchDatabase } from './scratch-database.js';

/**
 * Creates an empty database on the MariaDB or MySQL server of the URL. Its own collation is not the framework's: tables
 * must bring theirs along.
 */
export async function createScratchMySql(server: string, prefix: string): Promise<ScratchDatabase> {
  const name = `${prefix}_${randomBytes(4).toString('hex')}`;
  await onServer(server, `create database \`${name}\` character set utf8mb4 collate utf8mb4_general_ci`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database \`${name}\``) };
}

async function onServer(server: string, sql: string): Promise<void> {
  const { hostname, port, username, password } = new URL(server);
  const connection = await createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    connectTimeout: 2000,
  });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
