// Upstream's whole webhook without the network: on each line of stdin the labels of a namespace and the request of an
// AdmissionReview, on a line of stdout its response and what its metrics counted for it.
//
//	{"labels":{…},"request":{…}} -> {"response":{…},"counted":["pod_security_evaluations_total{decision=\"deny\",…} 1"]}
//
// Labels of null stand for a namespace that cannot be looked up.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"sort"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	compbasemetrics "k8s.io/component-base/metrics"
	"k8s.io/klog/v2"
	"k8s.io/pod-security-admission/admission"
	"k8s.io/pod-security-admission/admission/api/load"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/metrics"
	"k8s.io/pod-security-admission/policy"
)

type question struct {
	Labels  *map[string]string           `json:"labels"`
	Request admissionv1.AdmissionRequest `json:"request"`
}

type answer struct {
	Response *admissionv1.AdmissionResponse `json:"response"`
	Counted  []string                       `json:"counted"`
}

// cluster answers for the one namespace of the question at hand, in which no pods run.
type cluster struct{ labels *map[string]string }

func (c *cluster) GetNamespace(_ context.Context, name string) (*corev1.Namespace, error) {
	if c.labels == nil {
		return nil, errors.New("not known")
	}
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: *c.labels}}, nil
}

func (c *cluster) ListPods(context.Context, string) ([]*corev1.Pod, error) { return nil, nil }

func main() {
	log.SetFlags(0)
	log.SetPrefix("admission: ")
	minor := flag.Int("minor", 0, "the minor version of the cluster: policies newer than it are of the future")
	flag.Parse()
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	if err := serve(*minor); err != nil {
		log.Fatal(err)
	}
}

func serve(minor int) error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	// The configuration of a webhook that is given none: everything is privileged, nobody is exempt.
	configuration, err := load.LoadFromFile("")
	if err != nil {
		return err
	}
	recorder := metrics.NewPrometheusRecorder(api.MajorMinorVersion(1, minor))
	registry := compbasemetrics.NewKubeRegistry()
	recorder.MustRegister(registry.MustRegister)
	surroundings := &cluster{}
	delegate := &admission.Admission{
		Configuration:   configuration,
		Evaluator:       evaluator,
		Metrics:         recorder,
		NamespaceGetter: surroundings,
		PodLister:       surroundings,
	}
	if err := delegate.CompleteConfiguration(); err != nil {
		return err
	}
	if err := delegate.ValidateConfiguration(); err != nil {
		return err
	}

	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	for {
		line, readErr := in.ReadBytes('\n')
		if len(line) == 0 {
			return nil
		}
		var asked question
		if err := json.Unmarshal(line, &asked); err != nil {
			return err
		}
		surroundings.labels = asked.Labels
		recorder.Reset()
		attributes := api.RequestAttributes(&asked.Request, scheme.Codecs.UniversalDeserializer())
		said := answer{Response: delegate.Validate(context.Background(), attributes)}
		if said.Counted, err = counted(registry); err != nil {
			return err
		}
		encoded, err := json.Marshal(said)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(encoded, '\n')); err != nil {
			return err
		}
		if readErr != nil {
			return nil
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

// counted lists the series that are not 0, as a scrape has them, with their labels by name.
func counted(registry compbasemetrics.KubeRegistry) ([]string, error) {
	families, err := registry.Gather()
	if err != nil {
		return nil, err
	}
	series := []string{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if metric.GetCounter().GetValue() == 0 {
				continue
			}
			labels := make([]string, 0, len(metric.GetLabel()))
			for _, label := range metric.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", label.GetName(), label.GetValue()))
			}
			sort.Strings(labels)
			name := fmt.Sprintf("%s{%s}", family.GetName(), strings.Join(labels, ","))
			series = append(series, fmt.Sprintf("%s %g", name, metric.GetCounter().GetValue()))
		}
	}
	return series, nil
}
