// Upstream's own evaluator as a judge: a pod in JSON on each line of stdin, what upstream says of it on a line of stdout.
//
//	oracle -levels baseline,restricted -versions v1.0,v1.1,latest
//
// answers {"results":[{"allowed","reason","detail"}…],"which":[…]}: the results of a pod, those alike in a row only
// once, and for each level and within it each version, in the order of the flags, which of them it is. What is no pod is answered {"error"}.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
)

type result struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"`
	Detail  string `json:"detail"`
}

type answer struct {
	Results []result `json:"results,omitempty"`
	Which   []int    `json:"which,omitempty"`
	Error   string   `json:"error,omitempty"`
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("oracle: ")
	levels := flag.String("levels", "", "levels to judge by, separated by commas")
	versions := flag.String("versions", "", "versions to judge each level by, separated by commas")
	flag.Parse()
	policies, err := policiesOf(*levels, *versions)
	if err != nil {
		log.Fatal(err)
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		log.Fatal(err)
	}
	// Everything is garbage as soon as it is said; collecting it less often saves a fifth of the time.
	debug.SetGCPercent(400)
	if err := serve(evaluator, policies); err != nil {
		log.Fatal(err)
	}
}

// serve flushes whenever no whole line waits to be read: who sends pods in batches is answered in batches.
func serve(evaluator policy.Evaluator, policies []api.LevelVersion) error {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 {
			return nil
		}
		encoded, encodeErr := json.Marshal(judge(evaluator, policies, line))
		if encodeErr != nil {
			return encodeErr
		}
		if _, err := out.Write(append(encoded, '\n')); err != nil {
			return err
		}
		if err != nil {
			return nil
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

func judge(evaluator policy.Evaluator, policies []api.LevelVersion, line []byte) answer {
	var pod corev1.Pod
	// As the API server reads it: the names of fields with their capitals.
	if err := kjson.UnmarshalCaseSensitivePreserveInts(line, &pod); err != nil {
		return answer{Error: err.Error()}
	}
	said := answer{Which: make([]int, 0, len(policies))}
	for _, levelVersion := range policies {
		judged := policy.AggregateCheckResults(evaluator.EvaluatePod(levelVersion, &pod.ObjectMeta, &pod.Spec))
		r := result{Allowed: judged.Allowed, Reason: judged.ForbiddenReason(), Detail: judged.ForbiddenDetail()}
		// What changes from one version to the next is little: the same words are sent once.
		if last := len(said.Results) - 1; last < 0 || said.Results[last] != r {
			said.Results = append(said.Results, r)
		}
		said.Which = append(said.Which, len(said.Results)-1)
	}
	return said
}

func policiesOf(levels, versions string) ([]api.LevelVersion, error) {
	var policies []api.LevelVersion
	for _, levelText := range strings.Split(levels, ",") {
		level, err := api.ParseLevel(levelText)
		if err != nil {
			return nil, fmt.Errorf("level %q: %w", levelText, err)
		}
		for _, versionText := range strings.Split(versions, ",") {
			version, err := api.ParseVersion(versionText)
			if err != nil {
				return nil, fmt.Errorf("version %q: %w", versionText, err)
			}
			policies = append(policies, api.LevelVersion{Level: level, Version: version})
		}
	}
	return policies, nil
}
