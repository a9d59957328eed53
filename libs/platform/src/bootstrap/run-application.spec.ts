import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';

const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url));
const LOADER = new URL('../../../../scripts/source-loader.mjs', import.meta.url).href;
const ARGUMENTS = ['--conditions=@core-framework/source', '--import', LOADER];
const PRODUCTION = { ENVIRONMENT: 'production', SECRET_KEY: 'Zq8mP2xV7nL4kR9tW3yB6cH1dF5gJ0sA' };

/** A process that runs an example, and all it has written. */
class Running {
  out = '';
  err = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(name: string, env: Record<string, string>) {
    const inherited = Object.entries(process.env).filter(([key]) => key !== 'NODE_OPTIONS');
    this.#child = spawn(process.execPath, [...ARGUMENTS, example(name)], {
      env: { ...Object.fromEntries(inherited), HOST: '127.0.0.1', PORT: '0', ...env },
    });
    this.#child.stdout?.on('data', (chunk) => (this.out += String(chunk)));
    this.#child.stderr?.on('data', (chunk) => (this.err += String(chunk)));
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null);
    running.push(this);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the match once standard output has it; fails when the process ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found) return found;
      const next = once(this.#child.stdout!, 'data');
      const ended = await Promise.race([next.then(() => false), this.ended.then(() => true)]);
      if (ended && !pattern.test(this.out))
        throw new Error(`It ended before it said ${pattern}: ${this.out}${this.err}`);
    }
  }

  async origin(): Promise<string> {
    return (await this.says(/http:\/\/127\.0\.0\.1:\d+(?=\/api\/v1)/))[0];
  }

  get lines(): Record<string, unknown>[] {
    return this.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

const running: Running[] = [];

afterEach(async () => {
  for (const each of running.splice(0)) {
    each.signal('SIGKILL');
    await each.ended;
  }
});

describe('CoreFactory.run', () => {
  test('prints where it listens and ends with 0 on SIGTERM', async () => {
    const app = new Running('hello', {});
    const origin = await app.origin();
    expect(app.out).toMatch(
      /Greetings 0\.1\.0 \(development\)\n\n {2}API +http:\S+\/api\/v1\n {2}Docs +http:\S+\/docs\n/,
    );
    const answer = await fetch(`${origin}/api/v1/greetings/fr`);
    expect(await answer.json()).toMatchObject({ detail: 'Nobody here speaks "fr".', code: 'not_found' });
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
    expect(app.err).toBe('');
  });

  test('lets requests in work finish before the modules close, and takes no new ones', async () => {
    const app = new Running('work-in-progress', {});
    const origin = await app.origin();
    expect(app.out).toContain('Jobs  none yet');
    const job = fetch(`${origin}/api/v1/jobs/one`);
    await app.says(/A job has begun/);
    await fetch(`${origin}/api/v1/jobs/finish`, { method: 'POST' });
    app.signal('SIGTERM');
    await app.says(/finishing what is in work/);

    const refused = await fetch(`${origin}/api/v1/jobs/one`);
    expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close']);
    expect(await refused.json()).toMatchObject({ code: 'service_unavailable' });
    expect((await fetch(`${origin}/health/ready`)).status).toBe(503);
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);

    expect(await (await job).json()).toEqual({ done: true });
    expect(await app.ended).toBe(0);
    expect(app.out.indexOf('/jobs/one 200')).toBeLessThan(app.out.indexOf('The modules are closed now.'));
  });

  test('cuts off what takes longer than SHUTDOWN_TIMEOUT_MS', async () => {
    const app = new Running('work-in-progress', { SHUTDOWN_TIMEOUT_MS: '50' });
    const job = fetch(`${await app.origin()}/api/v1/jobs/one`).catch(() => 'cut off');
    await app.says(/A job has begun/);
    app.signal('SIGINT');
    expect(await job).toBe('cut off');
    expect(await app.ended).toBe(0);
  });

  test('stops at once on a second signal', async () => {
    const app = new Running('work-in-progress', {});
    const job = fetch(`${await app.origin()}/api/v1/jobs/one`).catch(() => 'cut off');
    await app.says(/A job has begun/);
    app.signal('SIGTERM');
    await app.says(/finishing what is in work/);
    let code: number | null | undefined;
    // Somebody who presses again and again: what comes right after the first is taken for its echo.
    void app.ended.then((ended) => (code = ended));
    for (; code === undefined; await new Promise((resolve) => setTimeout(resolve, 100))) app.signal('SIGTERM');
    expect(code).toBe(1);
    expect(await job).toBe('cut off');
  });

  test('takes the same signal, passed on by who started it, for one', async () => {
    const app = new Running('work-in-progress', {});
    const origin = await app.origin();
    const job = fetch(`${origin}/api/v1/jobs/one`);
    await app.says(/A job has begun/);
    await fetch(`${origin}/api/v1/jobs/finish`, { method: 'POST' });
    app.signal('SIGINT');
    await app.says(/finishing what is in work/);
    app.signal('SIGINT');
    app.signal('SIGTERM');
    expect(await (await job).json()).toEqual({ done: true });
    expect(await app.ended).toBe(0);
  });

  test('writes one JSON line per request in production, with its id and without secrets', async () => {
    const app = new Running('work-in-progress', PRODUCTION);
    const origin = await app.origin();
    const headers = { 'x-request-id': 'one-job' };
    await fetch(`${origin}/api/v1/jobs/finish?token=abcdef&page=2`, { method: 'POST' });
    const job = fetch(`${origin}/api/v1/jobs/one?password=hunter2`, { headers });
    await app.says(/A job has begun/);
    await fetch(`${origin}/api/v1/jobs/finish`, { method: 'POST' });
    await job;
    app.signal('SIGTERM');
    await app.ended;

    expect(app.out).not.toMatch(/hunter2|abcdef/);
    const ofJob = app.lines.filter(({ requestId }) => requestId === 'one-job');
    expect(ofJob).toHaveLength(2);
    expect(ofJob[0]).toMatchObject({ level: 'info', context: 'Jobs', password: '[redacted]', token: '[redacted]' });
    expect(ofJob[1]).toMatchObject({
      method: 'GET',
      url: '/api/v1/jobs/one?password=[redacted]',
      status: 200,
      duration: expect.any(Number),
    });
    expect(app.lines.find(({ url }) => String(url).includes('page=2'))).toMatchObject({
      url: '/api/v1/jobs/finish?token=[redacted]&page=2',
    });
  });

  test('ends with 1 on an error that nobody caught', async () => {
    const app = new Running('work-in-progress', PRODUCTION);
    await fetch(`${await app.origin()}/api/v1/jobs/crash`, { method: 'POST' }).catch(() => undefined);
    expect(await app.ended).toBe(1);
    expect(app.lines.find(({ level }) => level === 'fatal')).toMatchObject({
      err: { message: 'Nobody catches this.' },
    });
  });

  test('says in one message why it could not start, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const failures = [
      new Running('hello', { PORT: String(port) }),
      new Running('hello', { HOST: '203.0.113.1' }),
      new Running('hello', { PORT: 'eighty', ERROR_FORMAT: 'xml' }),
    ];
    expect(await Promise.all(failures.map(({ ended }) => ended))).toEqual([1, 1, 1]);
    other.close();

    const [inUse, elsewhere, invalid] = failures.map(({ err }) => err);
    expect(inUse).toContain(`Port ${port} on 127.0.0.1 is already in use.`);
    expect(inUse).toMatch(/set PORT .*\n\[PLATFORM_PORT_IN_USE\]/);
    expect(elsewhere).toMatch(/HOST[^]*\[PLATFORM_CANNOT_LISTEN\]/);
    expect(invalid).toMatch(/PORT[^]*ERROR_FORMAT/);
    for (const { err, out } of failures) expect(out + err).not.toMatch(/^\s+at /m);
  });
});
