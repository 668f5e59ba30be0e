// Checks the types of an expression, as Kubernetes does it where it knows the types of an object.
// Source: github.com/google/cel-go/checker/checker.go.

import { TYPE_NAMES } from '../library/conversions.ts';
import type { Overload } from '../library/function.ts';
import { FUNCTIONS } from '../library/index.ts';
import { Refused } from '../refusal.ts';
import type { Program } from '../run/frame.ts';
import type { CallNode, ChoiceNode, ListNode, LogicNode, MapNode, NameNode, Node, SelectNode } from '../syntax/ast.ts';
import { BOOL, DYN, nameOf, sameType, TYPE, type Type } from '../types/type.ts';
import { assign, type Bindings, closed, mostGeneral, resolved, withParts } from '../types/unify.ts';
import { typeOf } from '../types/written.ts';
import { checkLoop, checkOptionalLoop } from './loops.ts';
import { type Declarations, Scope, type Variable } from './scope.ts';
import { noOverload, unknownFunction, unknownVariable } from './words.ts';

/** What is found out about an expression. */
export interface Checked {
  readonly type: Type;
  /** How many variables there are, with those of loops. */
  readonly slots: number;
  /** The type of a part. */
  typeOf(node: Node): Type;
  /** Where the value of a variable is kept; undefined for the name of a type. */
  slotOf(node: NameNode): number | undefined;
  /** True for a variable that is declared, and not one of a loop. */
  isDeclared(node: NameNode): boolean;
  /** The forms of a function that a call can be about: at least one. */
  overloadsOf(node: CallNode): readonly Overload[];
  /** The arguments of a call: without its target, where that is only a part of the function's name. */
  argsOf(node: CallNode): readonly Node[];
  /** Where somebody wants to know what is evaluated: the program of a part that tells them. */
  readonly watch?: (node: Node, program: Program) => Program;
}

/** Checks an expression. Throws {@link Refused}. */
export function check(node: Node, declarations: Declarations): Checked {
  const checker = new Checker(declarations);
  const declared = checker.slots;
  const type = checker.check(node, checker.declared);
  return {
    type: closed(type, checker.bindings),
    slots: checker.slots,
    typeOf: (part) => closed(checker.types.get(part) ?? DYN, checker.bindings),
    slotOf: (part) => checker.slotOf.get(part),
    isDeclared: (part) => (checker.slotOf.get(part) ?? declared) < declared,
    overloadsOf: (part) => checker.overloads.get(part) ?? [],
    argsOf: (part) => checker.args.get(part) ?? part.args,
  };
}

/** The state of one check. */
export class Checker {
  readonly declared: Scope;
  readonly types = new Map<Node, Type>();
  readonly slotOf = new Map<NameNode, number>();
  readonly overloads = new Map<CallNode, readonly Overload[]>();
  readonly args = new Map<CallNode, readonly Node[]>();
  readonly #declarations: Declarations;
  bindings: Bindings = new Map();
  slots = 0;
  #opened = 0;

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
    const variables = Object.entries(declarations.variables);
    this.declared = this.scopeOf(variables.map(([name, type]) => [name, typeOf(type)]));
  }

  check(node: Node, scope: Scope): Type {
    const type = this.#typeOf(node, scope);
    this.types.set(node, type);
    return type;
  }

  /** A scope with these variables, each of which gets a place of its own. */
  scopeOf(variables: readonly (readonly [string, Type])[], around?: Scope): Scope {
    return new Scope(
      new Map(variables.map(([name, type]): [string, Variable] => [name, { type, slot: this.slots++ }])),
      around,
    );
  }

  /** A type that is not decided yet. */
  open(): Type {
    return { kind: 'open', name: `$${this.#opened++}` };
  }

  /** A type with what is known of it by now. */
  known(type: Type): Type {
    return resolved(type, this.bindings);
  }

  /** Whether a value of the type can stand where `expected` is; what is open is decided by it. */
  fits(expected: Type, given: Type): boolean {
    const bindings = assign([expected], [given], this.bindings);
    if (bindings !== undefined) this.bindings = bindings;
    return bindings !== undefined;
  }

  /** Throws where the type is not bool. */
  expectBool(type: Type, offset: number, what: string): void {
    if (!this.fits(BOOL, type)) throw new Refused(offset, `${what} is true or false, found ${this.nameOf(type)}`);
  }

  nameOf(type: Type): string {
    return nameOf(closed(type, this.bindings));
  }

  #typeOf(node: Node, scope: Scope): Type {
    switch (node.op) {
      case 'literal':
        return node.type;
      case 'name':
        return this.#name(node, scope);
      case 'select':
      case 'has':
        return this.#select(node, scope);
      case 'call':
        return this.#call(node, scope);
      case 'list':
        return this.#list(node, scope, false);
      case 'map':
        return this.#map(node, scope, false);
      case 'and':
      case 'or':
        return this.#logic(node, scope);
      case 'choice':
        return this.#choice(node, scope);
      case 'loop':
        return checkLoop(this, node, scope);
      case 'optional':
        return checkOptionalLoop(this, node, scope);
    }
  }

  #name(node: NameNode, scope: Scope): Type {
    const variable = scope.find(node.name);
    if (variable) {
      this.slotOf.set(node, variable.slot);
      return variable.type;
    }
    if (TYPE_NAMES.has(node.name)) return TYPE;
    throw unknownVariable(node.name, node.offset, scope.names());
  }

  #select({ op, operand, field, optional, offset }: SelectNode, scope: Scope): Type {
    const type = this.known(this.check(operand, scope));
    const inner = type.kind === 'optional' ? this.known(type.item) : type;
    const found = this.#fieldType(inner, field, offset);
    if (op === 'has') return BOOL;
    return optional || type.kind === 'optional' ? { kind: 'optional', item: found } : found;
  }

  #fieldType(type: Type, field: string, offset: number): Type {
    if (type.kind === 'map') return type.item;
    if (type.kind === 'object') {
      const fields = this.#declarations.types[type.name] ?? {};
      const written = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (written !== undefined) return typeOf(written);
      throw new Refused(offset, `${type.name} has no field ${field}`, { word: field, known: Object.keys(fields) });
    }
    if (type.kind !== 'dyn' && type.kind !== 'open') throw new Refused(offset, `${this.nameOf(type)} has no fields`);
    this.fits(DYN, type);
    return DYN;
  }

  #call(node: CallNode, scope: Scope): Type {
    const qualified = node.method ? this.#qualified(node, scope) : undefined;
    const name = qualified ?? node.name;
    const method = node.method && qualified === undefined;
    const args = qualified === undefined ? node.args : node.args.slice(1);
    const forms = FUNCTIONS.get(name) ?? [];
    // The arguments of format are of all kinds.
    const mixed = method && name === 'format';
    const types = args.map((arg) => (mixed ? this.#checkMixed(arg, scope) : this.check(arg, scope)));
    if (!forms.some((form) => form.method === method)) throw unknownFunction(name, method, node.offset);
    const fitting: Overload[] = [];
    let result: Type | undefined;
    for (const form of forms) {
      if (form.method !== method || form.params.length !== types.length) continue;
      const fresh = this.#instance(form);
      const bindings = assign(fresh.params, types, this.bindings);
      if (bindings === undefined) continue;
      this.bindings = bindings;
      fitting.push(form);
      const of = this.known(fresh.result);
      if (result === undefined) result = of;
      else if (result.kind !== 'dyn' && !sameType(result, of)) result = DYN;
    }
    if (result === undefined) {
      const found = types.map((type) => closed(type, this.bindings));
      throw noOverload(name, method, found, forms, node.offset);
    }
    this.overloads.set(node, fitting);
    if (qualified !== undefined) this.args.set(node, args);
    return result;
  }

  /** The whole name of a function such as `sets.contains`, unless its first part is a variable. */
  #qualified({ name, args }: CallNode, scope: Scope): string | undefined {
    const [target] = args;
    if (target?.op !== 'name' || scope.find(target.name)) return undefined;
    const whole = `${target.name}.${name}`;
    return FUNCTIONS.has(whole) ? whole : undefined;
  }

  /** A form of a function with open types of its own. */
  #instance({ params, result }: Overload): { readonly params: readonly Type[]; readonly result: Type } {
    const fresh = new Map<string, Type>();
    const renamed = (type: Type): Type => {
      if (type.kind !== 'open') return withParts(type, renamed);
      const own = fresh.get(type.name) ?? this.open();
      fresh.set(type.name, own);
      return own;
    };
    return { params: params.map(renamed), result: renamed(result) };
  }

  #checkMixed(node: Node, scope: Scope): Type {
    if (node.op !== 'list' && node.op !== 'map') return this.check(node, scope);
    const type = node.op === 'list' ? this.#list(node, scope, true) : this.#map(node, scope, true);
    this.types.set(node, type);
    return type;
  }

  /** @param mixed true where entries of different types are all right */
  #list({ items }: ListNode, scope: Scope, mixed: boolean): Type {
    let item: Type | undefined;
    for (const { node, optional } of items) {
      const type = mixed ? this.#checkMixed(node, scope) : this.check(node, scope);
      item = this.#joined(item, optional ? this.#unwrapped(type, node) : type, node, mixed);
    }
    return { kind: 'list', item: item ?? this.open() };
  }

  #map({ entries }: MapNode, scope: Scope, mixed: boolean): Type {
    let key: Type | undefined;
    let item: Type | undefined;
    for (const entry of entries) {
      key = this.#joined(key, this.check(entry.key, scope), entry.key, mixed);
      const type = mixed ? this.#checkMixed(entry.value, scope) : this.check(entry.value, scope);
      item = this.#joined(item, entry.optional ? this.#unwrapped(type, entry.value) : type, entry.value, mixed);
    }
    return { kind: 'map', key: key ?? this.open(), item: item ?? this.open() };
  }

  #unwrapped(type: Type, { offset }: Node): Type {
    const known = this.known(type);
    if (known.kind === 'optional') return known.item;
    if (known.kind === 'dyn') return known;
    throw new Refused(offset, `expected an optional behind ?, found ${this.nameOf(known)}`);
  }

  #joined(before: Type | undefined, type: Type, { offset }: Node, mixed: boolean): Type {
    if (before === undefined) return type;
    if (this.fits(before, type)) return mostGeneral(this.known(before), this.known(type));
    if (mixed) return DYN;
    const [expected, found] = [this.nameOf(before), this.nameOf(type)];
    throw new Refused(offset, `the entries of a list or map are of one type: expected ${expected}, found ${found}`);
  }

  #logic({ op, args }: LogicNode, scope: Scope): Type {
    for (const arg of args) {
      this.expectBool(this.check(arg, scope), arg.offset, `what stands beside ${op === 'and' ? '&&' : '||'}`);
    }
    return BOOL;
  }

  #choice({ test, yes, no, offset }: ChoiceNode, scope: Scope): Type {
    this.expectBool(this.check(test, scope), test.offset, 'what stands before ?');
    const [first, second] = [this.check(yes, scope), this.check(no, scope)];
    if (this.fits(first, second)) return mostGeneral(this.known(first), this.known(second));
    throw new Refused(
      offset,
      `both results of ? : are of one type: found ${this.nameOf(first)} and ${this.nameOf(second)}`,
    );
  }
}
