// Upstream's own harness for a cluster with Pod Security in it: it creates a namespace for every level and version, and in
// each every fixture, as a Pod and inside a Deployment, and knows what must be refused and warned about.
package harness

import (
	"os"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	psatest "k8s.io/pod-security-admission/test"
)

// The kubeconfig of an API server that asks the webhook under test, and nobody else, about pods.
const kubeconfigVariable = "CONFORMANCE_KUBECONFIG"

func TestHarness(t *testing.T) {
	path := os.Getenv(kubeconfigVariable)
	if path == "" {
		t.Fatalf("%s: expected the path of a kubeconfig; run this through harness.test.ts", kubeconfigVariable)
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	// The client's own brake would make ten minutes of half a minute.
	config.QPS = -1
	psatest.Run(t, psatest.Options{ClientConfig: config})
}
