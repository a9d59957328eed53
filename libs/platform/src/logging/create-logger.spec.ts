import { RequestContext } from '@core-framework/common';
import { describe, expect, test } from '@jest/globals';
import { createLogger } from './create-logger.js';
import { NestLogger } from './nest-logger.js';

function recording(format: 'json' | 'pretty', level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, format, output: { write: (line: string) => void lines.push(line) } });
  return {
    logger,
    nest: new NestLogger(logger),
    lines,
    last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown>,
  };
}

describe('the logger', () => {
  test('writes JSON lines with a named level and the id of the request in hand', () => {
    const { logger, last } = recording('json');
    RequestContext.run(new RequestContext('r-1'), () => logger.warn({ a: 1 }, 'careful'));
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/Z$/),
      requestId: 'r-1',
      a: 1,
      msg: 'careful',
    });
  });

  test('redacts in both formats', () => {
    for (const format of ['json', 'pretty'] as const) {
      const { logger, lines } = recording(format);
      logger.info({ password: 'hunter2', err: new Error('no postgres://u:hunter2@db') }, 'GET /?token=hunter2');
      expect(lines.join('')).toContain('[redacted]');
      expect(lines.join('')).not.toContain('hunter2');
    }
  });

  test('writes lines for people with the context in front', () => {
    const { nest, lines } = recording('pretty');
    nest.log('Ready', 'Blog');
    expect(lines[0]).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: \[Blog\] Ready\n$/);
  });
});

describe("Nest's logger", () => {
  test('keeps context, members and stacks apart', () => {
    const { nest, last } = recording('json');
    nest.log('hello', { id: 3 }, 'Blog');
    expect(last()).toMatchObject({ level: 'info', msg: 'hello', id: 3, context: 'Blog' });
    nest.error('failed', 'Error: x\n    at y', 'Blog');
    expect(last()).toMatchObject({ level: 'error', stack: 'Error: x\n    at y', context: 'Blog' });
    nest.error(new TypeError('bad'), 'Blog');
    expect(last()).toMatchObject({ msg: 'bad', err: { type: 'TypeError', stack: expect.any(String) } });
    nest.fatal({ code: 7 });
    expect(last()).toMatchObject({ level: 'fatal', code: 7 });
  });

  test("is quiet about Nest's own start, whose failures are reported by whoever catches them", () => {
    const { nest, lines } = recording('json');
    nest.log('Mapped {/a, GET} route', 'RouterExplorer');
    nest.error('boom', 'ExceptionHandler');
    expect(lines).toEqual([]);
    const verbose = recording('json', 'debug');
    verbose.nest.log('Mapped {/a, GET} route', 'RouterExplorer');
    expect(verbose.last()).toMatchObject({ level: 'debug' });
  });
});
