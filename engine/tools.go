//go:build tools

// Package engine pins the Pulumi command as an ordinary tool dependency.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
