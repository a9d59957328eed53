import type { AnyClass } from '../metadata/viewset.metadata.js';
import { Authorization } from '../permissions/authorization.js';
import type { PermissionSubject } from '../permissions/permission.js';
import type { CallerIdentification } from '../pipeline/caller.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import type { InputClass } from '../schemas/input-schema.js';
import type { OutputCompiler } from '../schemas/output.compiler.js';
import { View } from '../views/view.js';
import type { PerRequest } from './compiled-action.js';
import type { PermissionCompiler } from './permission.compiler.js';

/** What the answers of a view's hooks are compiled with. */
export interface RequestHookServices {
  readonly subject: PermissionSubject;
  readonly permissions: PermissionCompiler;
  readonly caller: CallerIdentification;
  readonly hidesObjects: boolean;
  readonly outputs: OutputCompiler;
  readonly compileInput: (schema: InputClass) => CompiledInput;
}

/** Finds out which hooks that decide per request a view overrides; the others cost nothing. */
export function compileRequestHooks(view: AnyClass, services: RequestHookServices): PerRequest {
  const { getPermissions, getInputSchema, getOutputSchema } = view.prototype as View;
  const { subject, permissions, caller, hidesObjects, outputs } = services;
  const inputs = new Map<InputClass, CompiledInput>();
  const inputOf = (schema: InputClass): CompiledInput => {
    let compiled = inputs.get(schema);
    if (!compiled) inputs.set(schema, (compiled = services.compileInput(schema)));
    return compiled;
  };
  return {
    ...(getPermissions !== View.prototype.getPermissions && {
      async authorization(target, context) {
        const entries = await target.getPermissions(context);
        return entries && new Authorization(await permissions.compile(subject, entries), caller, hidesObjects);
      },
    }),
    ...(getInputSchema !== View.prototype.getInputSchema && {
      async input(target, context) {
        const schema = await target.getInputSchema(context);
        return schema && inputOf(schema);
      },
    }),
    ...(getOutputSchema !== View.prototype.getOutputSchema && {
      async output(target, context) {
        const schema = await target.getOutputSchema(context);
        return schema && outputs.compile(schema);
      },
    }),
  };
}
