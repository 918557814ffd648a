/// The JSON Schema of `summary.json`: what others may rely on.
///
/// Keys may be added within version 1; none is taken away and none changes what it means.
package enum SummarySchema {
    package static let name = "gridlock.summary/1"

    /// Draft 2020-12.
    package static let text = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "urn:gridlock:summary:1",
          "title": "summary.json of one gridlock run",
          "type": "object",
          "required": [
            "schema", "gridlock", "profile", "profileHash", "seed", "target", "client", "sessions",
            "hosts", "virtualTime", "startedAt", "finishedAt", "wallSeconds", "durationSeconds",
            "complete", "verdict", "exitCode", "verdicts", "reasons", "operations", "perSession",
            "hangs", "thresholds", "generator"
          ],
          "properties": {
            "schema": { "const": "gridlock.summary/1" },
            "gridlock": { "type": "string", "description": "The version of the program." },
            "profile": { "type": "string" },
            "profileHash": {
              "type": "string",
              "pattern": "^[0-9a-f]+$",
              "description": "Equal for runs with the same settings and script."
            },
            "seed": { "$ref": "#/$defs/count" },
            "target": { "type": "string", "description": "emulated, or a UNC path." },
            "client": { "type": "string", "description": "The client model." },
            "sessions": { "$ref": "#/$defs/count" },
            "hosts": { "$ref": "#/$defs/count" },
            "virtualTime": { "type": "boolean" },
            "traceHash": {
              "type": "string",
              "description": "In virtual time: equal for runs that did the same."
            },
            "startedAt": { "$ref": "#/$defs/instant" },
            "finishedAt": { "$ref": "#/$defs/instant" },
            "wallSeconds": { "$ref": "#/$defs/figure" },
            "durationSeconds": {
              "$ref": "#/$defs/figure",
              "description": "How long the load lasted."
            },
            "warmUp": {
              "type": "object",
              "description": "The beginning of the load, which the figures leave out.",
              "required": ["seconds", "operations"],
              "properties": {
                "seconds": { "$ref": "#/$defs/figure" },
                "operations": { "$ref": "#/$defs/count" }
              }
            },
            "complete": {
              "type": "boolean",
              "description": "False: written in the middle of a run that may have been killed."
            },
            "verdict": {
              "type": "string",
              "description": "The gravest verdict, pass, or incomplete."
            },
            "expected": { "type": "string", "description": "What the profile expects." },
            "exitCode": { "type": "integer", "minimum": 0, "maximum": 255 },
            "verdicts": {
              "type": "array",
              "items": { "type": "string" },
              "uniqueItems": true,
              "description": "All of them, the gravest first."
            },
            "reasons": {
              "type": "array",
              "items": { "type": "string" },
              "description": "The same as sentences, and what else is to be known."
            },
            "operations": {
              "type": "object",
              "additionalProperties": { "$ref": "#/$defs/operation" }
            },
            "perSession": { "type": "array", "items": { "$ref": "#/$defs/session" } },
            "stalls": {
              "$ref": "#/$defs/count",
              "description": "Waits older than the stall limit; absent: nobody watched."
            },
            "connections": {
              "type": "array",
              "description": "By server and by what was agreed on, closed ones included.",
              "items": {
                "type": "object",
                "required": [
                  "server", "connections", "dialect", "signing", "requests", "signed", "sealed"
                ],
                "properties": {
                  "server": { "type": "string" },
                  "connections": { "$ref": "#/$defs/count" },
                  "dialect": { "type": "string" },
                  "signing": { "type": "string", "description": "The algorithm, used or not." },
                  "cipher": { "type": "string", "description": "Absent where there is none." },
                  "requests": { "$ref": "#/$defs/count" },
                  "signed": { "$ref": "#/$defs/count" },
                  "sealed": { "$ref": "#/$defs/count" }
                }
              }
            },
            "hangs": { "type": "array", "items": { "$ref": "#/$defs/hang" } },
            "thresholds": { "type": "array", "items": { "$ref": "#/$defs/threshold" } },
            "generator": {
              "type": "object",
              "required": ["lagMsMax", "dropped", "cpuSeconds"],
              "properties": {
                "lagMsMax": { "$ref": "#/$defs/figure" },
                "arrivalLagMs": {
                  "$ref": "#/$defs/latency",
                  "description": "In an open loop: how late operations of idle sessions began."
                },
                "dropped": { "$ref": "#/$defs/count" },
                "cpuSeconds": { "$ref": "#/$defs/figure" }
              }
            }
          },
          "$defs": {
            "count": { "type": "integer", "minimum": 0 },
            "figure": { "type": "number", "minimum": 0 },
            "instant": {
              "type": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"
            },
            "latency": {
              "type": "object",
              "description": "Milliseconds.",
              "required": ["p50", "p90", "p99", "p999", "max"],
              "properties": {
                "p50": { "$ref": "#/$defs/figure" },
                "p90": { "$ref": "#/$defs/figure" },
                "p99": { "$ref": "#/$defs/figure" },
                "p999": { "$ref": "#/$defs/figure" },
                "max": { "$ref": "#/$defs/figure" }
              }
            },
            "operation": {
              "type": "object",
              "required": ["count", "errors", "serviceMs", "responseMs", "blockedMs"],
              "properties": {
                "count": { "$ref": "#/$defs/count" },
                "errors": { "$ref": "#/$defs/count" },
                "statuses": {
                  "type": "object",
                  "additionalProperties": { "$ref": "#/$defs/count" },
                  "description": "How often each status ended it."
                },
                "serviceMs": { "$ref": "#/$defs/latency" },
                "responseMs": { "$ref": "#/$defs/latency" },
                "blockedMs": { "$ref": "#/$defs/latency" }
              }
            },
            "session": {
              "type": "object",
              "required": [
                "id", "user", "host", "operations", "errors", "p50Ms", "p99Ms", "maxMs", "state"
              ],
              "properties": {
                "id": { "$ref": "#/$defs/count" },
                "user": { "type": "string" },
                "host": { "$ref": "#/$defs/count" },
                "operations": { "$ref": "#/$defs/count" },
                "errors": { "$ref": "#/$defs/count" },
                "p50Ms": { "$ref": "#/$defs/figure" },
                "p99Ms": { "$ref": "#/$defs/figure" },
                "maxMs": { "$ref": "#/$defs/figure" },
                "state": { "type": "string" },
                "script": { "type": "string" },
                "inFlight": {
                  "type": "object",
                  "required": ["operation", "path", "ageSeconds"],
                  "properties": {
                    "operation": { "type": "string" },
                    "path": { "type": "string" },
                    "ageSeconds": { "$ref": "#/$defs/figure" }
                  }
                },
                "lastError": { "type": "string" }
              }
            },
            "hang": {
              "type": "object",
              "required": [
                "id", "verdict", "confirmed", "expected", "atSeconds", "sentence", "cycle",
                "component", "behind", "files"
              ],
              "properties": {
                "id": { "type": "integer", "minimum": 1 },
                "verdict": { "type": "string" },
                "confirmed": { "type": "boolean" },
                "expected": { "type": "boolean" },
                "atSeconds": { "$ref": "#/$defs/figure" },
                "sentence": { "type": "string" },
                "cycle": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["name", "holds"],
                    "properties": {
                      "session": { "$ref": "#/$defs/count" },
                      "name": { "type": "string" },
                      "operation": { "type": "string" },
                      "path": { "type": "string" },
                      "wants": { "type": "string" },
                      "mode": { "type": "string" },
                      "ageSeconds": { "$ref": "#/$defs/figure" },
                      "holds": { "type": "array", "items": { "type": "string" } }
                    }
                  }
                },
                "component": { "type": "array", "items": { "$ref": "#/$defs/count" } },
                "behind": { "$ref": "#/$defs/count" },
                "files": { "type": "array", "items": { "type": "string" } }
              }
            },
            "threshold": {
              "type": "object",
              "required": ["expression", "value", "limit", "unit", "passed", "state"],
              "properties": {
                "expression": { "type": "string" },
                "value": { "type": ["number", "null"] },
                "limit": { "type": "number" },
                "unit": { "enum": ["ms", "%", "/s", ""] },
                "samples": { "$ref": "#/$defs/count" },
                "passed": { "type": "boolean" },
                "state": { "enum": ["passed", "failed", "inconclusive"] }
              }
            }
          }
        }

        """#
}
