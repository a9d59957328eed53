/** Roles: whoever has a role may do what its rules say. `p, role:editor, posts, update` and `g, role:admin, role:editor`. */
const RBAC = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)
`;

/**
 * Attributes: a rule is an expression over the caller (`r.user`) and the object in hand (`r.object`).
 * `p, r.user.id == r.object.author, posts, update`. What the tables grant to roles counts, too.
 */
const ABAC = `
[request_definition]
r = sub, obj, act, user, object

[policy_definition]
p = rule, obj, act

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.obj == p.obj && r.act == p.act && eval(p.rule)
`;

/**
 * Lists: who may do what with all objects of a kind (`p, user:1, posts, update`) or with one (`p, user:1, posts/5, update`).
 * Subjects may be roles.
 */
const ACL = `
[request_definition]
r = sub, obj, act, item

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.act == p.act && (r.obj == p.obj || r.item == p.obj) && g(r.sub, p.sub)
`;

/** The models of Casbin that come with the package, by name. */
export const POLICY_MODELS = Object.freeze({ rbac: RBAC, abac: ABAC, acl: ACL });

/** Name of a model that comes with the package. */
export type PolicyModelName = keyof typeof POLICY_MODELS;
