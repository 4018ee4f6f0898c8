import { z } from 'zod';
import * as answers from './answers.ts';
import { mayDo, type Right, role } from './rights.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

/** Named shapes are written down once and referred to. */
const named = z.registry<{ id: string }>();
const names = new Map<z.ZodType, string>();
for (const [name, schema] of Object.entries(answers)) {
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  named.add(schema, { id: title });
  names.set(schema, title);
}

const uri = (id: string): string => `#/components/schemas/${id}`;
const without$schema = ({ $schema: _dialect, $id: _id, ...rest }: Json): Json => rest;
const schemaOf = (schema: z.ZodType): Json => without$schema(z.toJSONSchema(schema, { io: 'input' }));

function answerOf({ answer }: Route): Json {
  if ('schema' in answer) {
    const name = names.get(answer.schema);
    const schema = name === undefined ? schemaOf(answer.schema) : { $ref: uri(name) };
    return { description: answer.title, content: { 'application/json': { schema } } };
  }
  if ('mediaType' in answer)
    return { description: answer.title, content: { [answer.mediaType]: { schema: { type: 'string' } } } };
  return { description: answer.title };
}

/** The parameters of one kind, each with the schema that checks it. */
function parametersOf(shape: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (shape === undefined) return [];
  return Object.entries(shape.shape).map(([name, schema]) => {
    const described = schemaOf(z.strictObject({ [name]: schema }));
    const { properties } = z.object({ properties: z.record(z.string(), z.unknown()) }).parse(described);
    const isRequired = place === 'path' || !z.safeParse(z.strictObject({ [name]: schema }), {}).success;
    return { name, in: place, required: isRequired, schema: properties[name] };
  });
}

function operationOf(route: Route): Json {
  const { needs, method, title } = route;
  const refusal = (description: string): Json => ({
    description,
    content: { 'application/json': { schema: { $ref: uri('ApiError') } } },
  });
  const changes = method !== 'get';
  return {
    summary: title,
    operationId: operationId(route),
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(changes && needs !== 'anyone'
        ? [
            {
              name: 'X-Gatehouse-Token',
              in: 'header',
              required: true,
              description: "The session's token",
              schema: { type: 'string' },
            },
          ]
        : []),
    ],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.body) } },
          },
        }),
    responses: {
      [route.status ?? 200]: answerOf(route),
      default: refusal('Why not'),
    },
    security: needs === 'anyone' ? [] : [{ session: [] }],
    ...(needs === 'anyone' || needs === 'signed-in'
      ? {}
      : { 'x-gatehouse-right': needs, 'x-gatehouse-roles': rolesWith(needs) }),
  };
}

const rolesWith = (right: Right): string[] => role.options.filter((one) => mayDo(one, right));

const operationId = ({ method, path }: Route): string =>
  `${method}${path.replace(/\{[^}]*\}/, '').replace(/[/:.-]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`;

/** The API in OpenAPI 3.1, written down from the routes themselves. */
export function openApiDocument(routes: readonly Route[]): Json {
  const { schemas } = z.toJSONSchema(named, { uri, io: 'output' });
  const paths: Record<string, Json> = {};
  for (const one of routes) {
    const path = one.path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}');
    paths[path] = { ...paths[path], [one.method]: operationOf(one) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse cloud',
      version: '1',
      description: 'What the security desk is built on. Times are milliseconds since 1970 UTC.',
    },
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [name, without$schema({ ...schema })]),
      ),
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'gatehouse-desk' } },
    },
  };
}
