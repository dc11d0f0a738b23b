// @neo4j/graphql behind Apollo Server, over the nodes and typed relationships that policygraph keeps of the newest revision. The fields of an
// edge that are no properties of the relationship are statements of their own, as its manual tells (@cypher).
//
//   NEO4J_URI=bolt://localhost:7687 NEO4J_USERNAME=neo4j NEO4J_PASSWORD=… node --require ./nodelay.cjs server.mjs
//
// It listens on a free port of the loopback interface, and prints its URL.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { Neo4jGraphQL } from '@neo4j/graphql'
import { readFileSync } from 'node:fs'
import neo4j from 'neo4j-driver'

const driver = neo4j.driver(process.env.NEO4J_URI, neo4j.auth.basic(process.env.NEO4J_USERNAME, process.env.NEO4J_PASSWORD))
const typeDefs = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8')
const server = new ApolloServer({ schema: await new Neo4jGraphQL({ typeDefs, driver }).getSchema() })
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } })
console.log(url)
process.stdin.resume().on('end', () => process.exit()) // whoever started it is gone
