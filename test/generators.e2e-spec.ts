import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GeneratedProject } from './support/generated-project.js';

let project: GeneratedProject;
beforeAll(() => {
  project = new GeneratedProject();
});
afterAll(() => project[Symbol.dispose]());

const succeed = (command: string, ...parameters: string[]) => {
  const { output, status } = project.run(command, parameters);
  expect([status, status === 0 ? '' : output]).toEqual([0, '']);
  return output;
};
const generate = (name: string, fields: string) => succeed('nest', 'g', 'core-resource', name, '--type', fields);

test('what nest g makes compiles, lints, is formatted and passes its own tests; made again, it stays', () => {
  const post =
    'title:string:required,max:200 price:money:ge:0 status:enum(draft|live):default:draft,index ' +
    'published_at:datetime:nullable slug:slug:from:title,unique author:belongsTo:User tags:manyToMany:User:inverse:tagged';
  expect(generate('User', 'email:email:unique')).toContain('create table users');
  expect(generate('Post', post)).toContain('create table posts');

  succeed('tsc', '--noEmit', '-p', '.');
  succeed('oxlint', '--type-aware', 'src', 'test');
  succeed('prettier', '--check', 'src', 'test');
  const { output, status } = project.test();
  expect([status, status === 0 ? '' : output]).toEqual([0, '']);

  succeed('git', 'init', '--quiet');
  succeed('git', 'add', '--all');
  expect(generate('Post', post)).toContain('Nothing to be done.');
  expect(succeed('git', 'diff', '--stat')).toBe('');
}, 240_000);
